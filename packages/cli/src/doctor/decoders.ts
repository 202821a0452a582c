import { createRequire } from 'node:module'
import { describeRuntime, probeVideoDecoders } from '@unswap/detector'
import { type Check, limited, missing, ok } from './check.ts'

/** The native parts: inference runtime and decoders. */
export async function checkDecoders(): Promise<readonly Check[]> {
  const { ffmpeg, bundled, remedy } = await probeVideoDecoders()
  const reinstall = './run.sh setup'
  const { version, devices } = describeRuntime()
  const none = ffmpeg === null && !bundled
  return [
    ok('Inference', `onnxruntime ${version}, built for ${devices.join(', ')}`),
    ffmpeg !== null
      ? ok('ffmpeg', ffmpeg)
      : (none ? missing : limited)('ffmpeg', 'not installed: fewer video formats can be read', remedy),
    bundled
      ? ok('Bundled video decoder', 'installed')
      : (none ? missing : limited)('Bundled video decoder', 'none for this machine', reinstall),
    isInstalled('libheif-js')
      ? ok('HEIC', 'installed')
      : limited('HEIC', 'photographs of iPhones cannot be read', reinstall),
  ]
}

/** Whether a package that the detector depends on is there. */
function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.resolve('@unswap/detector')).resolve(name)
    return true
  } catch {
    return false
  }
}

import { createRequire } from 'node:module'
import { describeRuntime, probeIsolation, probeVideoDecoders } from '@unswap/detector'
import { type DoctorCheck, limited, missing, ok } from './doctor-check.ts'

/** Without ffmpeg nothing deinterlaces, and the combs of interlaced video change the score of a face. */
const NO_FFMPEG =
  'not installed: fewer video formats can be read, and interlaced video shows combs, so do not judge it'

/** The native parts: inference runtime and decoders. */
export async function checkDecoders(): Promise<readonly DoctorCheck[]> {
  const { ffmpeg, bundled, remedy } = await probeVideoDecoders()
  const reinstall = './run.sh setup'
  const { version, devices } = describeRuntime()
  const none = ffmpeg === null && !bundled
  return [
    ok('Inference', `onnxruntime ${version}, built for ${devices.join(', ')}`),
    ffmpeg !== null ? ok('ffmpeg', ffmpeg) : (none ? missing : limited)('ffmpeg', NO_FFMPEG, remedy),
    await checkIsolation(ffmpeg !== null),
    bundled
      ? ok('Bundled video decoder', 'installed')
      : (none ? missing : limited)('Bundled video decoder', 'none for this machine', reinstall),
    isInstalled('libheif-js')
      ? ok('HEIC', 'installed')
      : limited('HEIC', 'photographs of iPhones cannot be read', reinstall),
  ]
}

/** What a crafted video could still reach, if it took over its decoder. */
async function checkIsolation(ffmpeg: boolean): Promise<DoctorCheck> {
  const name = 'Decoder isolation'
  if (!ffmpeg) return limited(name, 'none: the bundled decoder runs inside the process that analyses')
  const { files, network, resources } = await probeIsolation()
  const shut = [
    ...(files ? ['files'] : []),
    ...(network ? ['network'] : []),
    ...(resources ? ['processor time and memory'] : []),
  ].join(', ')
  if (files && network && resources) return ok(name, `${shut}, by the system and by ffmpeg's own rules`)
  const own = "by ffmpeg's own rules alone"
  const detail = shut === '' ? own : `${shut} by the system, the rest ${own}`
  const mend = resources ? 'sudo apt-get install bubblewrap' : 'sudo apt-get install bubblewrap util-linux'
  return limited(name, detail, process.platform === 'linux' ? mend : null)
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

import { UnswapError } from '@unswap/contract'
import { runtimeBackends, runtimeVersion } from './runtime.ts'

/** Where the networks run. `cpu` is always available; the others where onnxruntime supports them. */
export type Device = 'cpu' | 'cuda' | 'coreml' | 'directml' | 'webgpu'

/** Per device: onnxruntime's name of its execution provider, and what to do where it is missing. */
const PROVIDERS: Record<Device, { readonly name: string; readonly remedy: string }> = {
  cpu: { name: 'cpu', remedy: 'reinstall the npm package onnxruntime-node' },
  cuda: {
    name: 'cuda',
    remedy:
      'it needs Linux on x86-64 with an NVIDIA driver, CUDA 12 and cuDNN 9, and the CUDA files of onnxruntime-node: ' +
      'run `npm rebuild onnxruntime-node` with ONNXRUNTIME_NODE_INSTALL unset',
  },
  coreml: { name: 'coreml', remedy: 'it needs macOS' },
  directml: { name: 'dml', remedy: 'it needs Windows 10 or later' },
  webgpu: { name: 'webgpu', remedy: 'it needs a graphics card with a Vulkan, Metal or Direct3D 12 driver' },
}

const isBuiltIn = (device: Device): boolean => runtimeBackends().includes(PROVIDERS[device].name)

/**
 * The execution provider of a device.
 * @throws UnswapError `device_unavailable` where onnxruntime was built without it
 */
export function providerOf(device: Device): string {
  if (!isBuiltIn(device)) throw deviceUnavailable(device)
  return PROVIDERS[device].name
}

/** The error for a device that cannot be used here, with what to do about it. */
export function deviceUnavailable(device: Device, cause?: unknown): UnswapError {
  return new UnswapError(
    'device_unavailable',
    `The device ${device} cannot be used here: ${PROVIDERS[device].remedy}; or choose the device cpu.`,
    { cause },
  )
}

/** The runtime's version, and the devices that it was built for; the driver of one may still be missing. */
export function describeRuntime(): { readonly version: string; readonly devices: readonly Device[] } {
  return { version: runtimeVersion, devices: (Object.keys(PROVIDERS) as Device[]).filter(isBuiltIn) }
}

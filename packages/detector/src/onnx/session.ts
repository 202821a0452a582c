import { availableParallelism } from 'node:os'
import { UnswapError } from '@unswap/contract'
import { loadHere, type Runtime, type RuntimeSettings, runtimeBackends, runtimeVersion } from './runtime.ts'
import { loadInThread } from './runtime-thread.ts'

/** Where the networks run. `cpu` is always there; the others where onnxruntime offers them. */
export type Device = 'cpu' | 'cuda' | 'coreml' | 'directml' | 'webgpu'

export interface SessionOptions {
  /** `cpu` by default. */
  readonly device?: Device
  /** Threads inside one operator; 0 (default) for as many as this process may use. */
  readonly threads?: number
  /**
   * Exact 8-bit products. Without VNNI, x86 processors add pairs of unsigned × signed products in 16 bits,
   * which saturates; this takes the slower kernels that do not.
   */
  readonly precise?: boolean
  /** Run in a thread of its own: for a network so large that this thread had better do something else meanwhile. */
  readonly apart?: boolean
}

/** Values in row-major order; `dims` multiply to `data.length`. */
export interface Values {
  readonly data: Float32Array
  readonly dims: readonly number[]
}

/** A loaded network. Calls may overlap: the runtime does them one after the other. */
export interface Session {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /**
   * Values fed to a network apart are moved to its thread: their `data` must not be used again, nor shared.
   * `signal` breaks off a run on another machine; one on this machine goes on to its end.
   * @throws UnswapError `inference_failed`; of a remote session also `scoring_unavailable` and `cancelled`
   */
  run(feeds: Readonly<Record<string, Values>>, signal?: AbortSignal): Promise<Record<string, Values>>
  close(): Promise<void>
}

/** Per device: the runtime's name of it, and what to do where it is missing. */
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

/**
 * Loads a network (a file, or its bytes) on a device. Inputs and outputs are float32.
 * @throws UnswapError `device_unavailable` or `model_invalid`
 */
export async function openSession(
  model: string | Uint8Array,
  options: SessionOptions = {},
): Promise<Session> {
  const device = options.device ?? 'cpu'
  const { name } = PROVIDERS[device]
  if (!runtimeBackends().includes(name)) throw unavailable(device)
  const settings: RuntimeSettings = {
    executionProviders: [name],
    intraOpNumThreads: options.threads || availableParallelism(),
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    extra: {
      session: {
        // Threads spin for 12 ms by default after a run, time that the decoders beside them need. 50 µs bridge
        // the gaps between operators as well (measured: the same classifier, a quarter of the mesh's CPU time).
        'intra_op.spin_duration_us': '50',
        ...(options.precise ? { x64quantprecision: '1' } : {}),
      },
    },
  }
  let runtime: Runtime
  try {
    runtime = await (options.apart ? loadInThread : loadHere)(model, settings)
  } catch (cause) {
    if (device !== 'cpu') throw unavailable(device, cause)
    const what = typeof model === 'string' ? model : 'The weights'
    throw new UnswapError(
      'model_invalid',
      `${what} cannot be loaded as an ONNX model: fetch it again, or export it for onnxruntime 1.30 or older.`,
      { cause },
    )
  }
  return {
    inputs: runtime.inputs,
    outputs: runtime.outputs,
    async run(feeds) {
      try {
        return await runtime.run(feeds)
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause)
        throw new UnswapError('inference_failed', `A network could not be run: ${reason}`, { cause })
      }
    },
    close: () => runtime.release(),
  }
}

function unavailable(device: Device, cause?: unknown): UnswapError {
  return new UnswapError(
    'device_unavailable',
    `The device ${device} cannot be used here: ${PROVIDERS[device].remedy}; or choose the device cpu.`,
    { cause },
  )
}

/** The runtime's version, and the devices that it was built for; a driver for one may still be missing. */
export function describeRuntime(): { readonly version: string; readonly devices: readonly Device[] } {
  const built = runtimeBackends()
  const devices = (Object.keys(PROVIDERS) as Device[]).filter((device) =>
    built.includes(PROVIDERS[device].name),
  )
  return { version: runtimeVersion, devices }
}

import './telemetry.ts'
import { availableParallelism } from 'node:os'
import { UnswapError } from '@unswap/contract'
import { env, InferenceSession, listSupportedBackends, Tensor } from 'onnxruntime-node'
import type { Device } from '../analysis.ts'

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
  if (!listSupportedBackends().some((backend) => backend.name === name)) throw unavailable(device)
  const settings: InferenceSession.SessionOptions = {
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
  let session: InferenceSession
  try {
    session =
      typeof model === 'string'
        ? await InferenceSession.create(model, settings)
        : await InferenceSession.create(model, settings)
  } catch (cause) {
    if (device !== 'cpu') throw unavailable(device, cause)
    const what = typeof model === 'string' ? model : 'The weights'
    throw new UnswapError(
      'model_invalid',
      `${what} cannot be loaded as an ONNX model: fetch it again, or export it for onnxruntime 1.30 or older.`,
      { cause },
    )
  }
  return wrap(session)
}

function wrap(session: InferenceSession): Session {
  return {
    inputs: session.inputNames,
    outputs: session.outputNames,
    async run(feeds) {
      try {
        const tensors = Object.entries(feeds).map(([name, { data, dims }]) => [
          name,
          new Tensor('float32', data, dims),
        ])
        const results = await session.run(Object.fromEntries(tensors))
        return Object.fromEntries(
          Object.entries(results).map(([name, { data, dims }]) => [
            name,
            { data: data as Float32Array, dims },
          ]),
        )
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause)
        throw new UnswapError('inference_failed', `A network could not be run: ${reason}`, { cause })
      }
    },
    close: () => session.release(),
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
  const built = listSupportedBackends().map(({ name }) => name)
  const devices = (Object.keys(PROVIDERS) as Device[]).filter((device) =>
    built.includes(PROVIDERS[device].name),
  )
  return { version: env.versions.node ?? env.versions.common, devices }
}

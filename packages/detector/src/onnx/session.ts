import { availableParallelism } from 'node:os'
import { UnswapError } from '@unswap/contract'
import { type Device, deviceUnavailable, providerOf } from './execution-providers.ts'
import { loadInThisThread, type Runtime, type RuntimeSettings } from './runtime.ts'
import { loadInOwnThread } from './runtime-thread.ts'
import type { NamedTensors } from './tensor.ts'

export interface SessionOptions {
  /** `cpu` by default. */
  readonly device?: Device
  /** Threads inside one operator; 0 (default) for as many as this process may use. */
  readonly threads?: number
  /**
   * Exact 8-bit products. x86 processors without VNNI add pairs of products in 16 bits, which saturates; this option
   * takes the slower kernels that do not.
   */
  readonly precise?: boolean
  /** Run in a thread of its own, so that the calling thread is free while a large network runs. */
  readonly ownThread?: boolean
}

/** A loaded network. Calls may overlap: the runtime does them one after the other. */
export interface Session {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /**
   * The buffers fed to a network with `ownThread` are moved to its thread: do not use or share their `data` afterwards.
   * @param signal stops a run on another machine; a run on this machine always finishes
   * @throws UnswapError `inference_failed`; of a remote session also `scoring_unavailable` and `cancelled`
   */
  run(feeds: NamedTensors, signal?: AbortSignal): Promise<NamedTensors>
  close(): Promise<void>
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
  const settings: RuntimeSettings = {
    executionProviders: [providerOf(device)],
    intraOpNumThreads: options.threads || availableParallelism(),
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    extra: {
      session: {
        // By default threads spin for 12 ms after a run, time that the decoders need. 50 µs still bridge the gaps
        // between operators (measured: the same speed of the classifier, a quarter of the mesh's CPU time).
        'intra_op.spin_duration_us': '50',
        ...(options.precise ? { x64quantprecision: '1' } : {}),
      },
    },
  }
  let runtime: Runtime
  try {
    runtime = await (options.ownThread ? loadInOwnThread : loadInThisThread)(model, settings)
  } catch (cause) {
    if (device !== 'cpu') throw deviceUnavailable(device, cause)
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

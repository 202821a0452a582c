import type { AnalysisResource, Batch, ServiceLimits } from '@unswap/contract'
import { useSyncExternalStore } from 'react'
import { ServiceError } from '../api/request.ts'
import { type UploadOptions, upload } from '../api/upload.ts'
import { untilConnected } from '../connection/connection.ts'
import { text } from '../text/text.ts'
import { sortFiles } from './sort-files.ts'

/** Files that are sent together. */
export interface Parcel {
  /** Repeats of an upload carry the same key, so that the service takes it once. */
  readonly key: string
  readonly name: string
  readonly files: readonly File[]
  readonly options: UploadOptions
}

/** What the service made of a parcel. */
export interface Made {
  readonly key: string
  readonly name: string
  readonly id: string
  /** Set for a batch: files that were not accepted. */
  readonly refused: Batch['refused'] | null
}

interface UploadQueue {
  readonly options: UploadOptions
  /** What stands in the form for an address; pasted elsewhere, it wants the focus. */
  readonly address: string
  readonly addressPasted: boolean
  readonly waiting: readonly Parcel[]
  readonly sending: { readonly parcel: Parcel; readonly share: number; readonly stop: AbortController } | null
  readonly failed: readonly { readonly parcel: Parcel; readonly error: unknown }[]
  /** Sentences on files that were never sent. */
  readonly unfit: readonly string[]
  readonly made: readonly Made[]
}

// Outside the pages, so that going to another one stops no upload and forgets no choice.
let state: UploadQueue = {
  options: { frames: '', retention: '', tags: '', fresh: false },
  address: '',
  addressPasted: false,
  waiting: [],
  sending: null,
  failed: [],
  unfit: [],
  made: [],
}
const listeners = new Set<() => void>()

export function changeUploads(part: Partial<UploadQueue>): void {
  state = { ...state, ...part }
  for (const listener of listeners) listener()
}

export const useUploads = (): UploadQueue =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => state,
  )

/** Browsers have `randomUUID` over HTTPS alone. */
const newKey = () => crypto.getRandomValues(new Uint32Array(4)).join('-')

/** Sends what can be analysed, after what is being sent already, and says of the rest why not. */
export function enqueueFiles(files: readonly File[], limits: ServiceLimits | undefined): void {
  const { fit, unfit } = sortFiles(files, limits)
  const parcels = fit.map((some) => ({
    key: newKey(),
    name: text.analyse.sending(some.length, some[0]!.name),
    files: some,
    options: state.options,
  }))
  changeUploads({ waiting: [...state.waiting, ...parcels], unfit: [...new Set([...state.unfit, ...unfit])] })
  void sendNext()
}

/** Sends a parcel that failed once more. */
export function retryUpload(key: string): void {
  const again = state.failed.filter(({ parcel }) => parcel.key === key).map(({ parcel }) => parcel)
  changeUploads({
    failed: state.failed.filter(({ parcel }) => parcel.key !== key),
    waiting: [...again, ...state.waiting],
  })
  void sendNext()
}

async function sendNext(): Promise<void> {
  const [parcel, ...waiting] = state.waiting
  if (state.sending || !parcel) return
  const stop = new AbortController()
  const show = (share: number) => changeUploads({ sending: { parcel, share, stop } })
  changeUploads({ waiting, sending: { parcel, share: 0, stop } })
  try {
    const sent = await sendParcel(parcel, { onShare: show, signal: stop.signal })
    const refused = 'refused' in sent ? sent.refused : null
    changeUploads({ made: [...state.made, { key: parcel.key, name: parcel.name, id: sent.id, refused }] })
  } catch (error) {
    if (!stop.signal.aborted) changeUploads({ failed: [...state.failed, { parcel, error }] })
  }
  changeUploads({ sending: null })
  void sendNext()
}

/** When the service is away it waits, and sends the parcel again. */
async function sendParcel(
  { files, options, key }: Parcel,
  watch: { onShare: (share: number) => void; signal: AbortSignal },
): Promise<AnalysisResource | Batch> {
  for (;;) {
    try {
      return await upload<AnalysisResource | Batch>(files, options, { ...watch, key })
    } catch (error) {
      if (watch.signal.aborted || !(error instanceof ServiceError && error.lost)) throw error
      await untilConnected()
      watch.signal.throwIfAborted()
    }
  }
}

import type { ServiceLimits } from '@unswap/contract'
import { bytes } from '../format.ts'
import { text } from '../text/text.ts'

const t = text.analyse

/** Files that can be sent, as many together as a batch may have, and why the others cannot. */
export function sortFiles(files: readonly File[], limits: ServiceLimits | undefined) {
  const fit: File[] = []
  const unfit: string[] = []
  for (const file of files) {
    const why = objectionTo(file, limits)
    if (why) unfit.push(why)
    else fit.push(file)
  }
  const most = limits?.filesPerBatch ?? fit.length
  const parcels = Array.from({ length: Math.ceil(fit.length / Math.max(1, most)) }, (_, index) =>
    fit.slice(index * most, (index + 1) * most),
  )
  return { fit: parcels, unfit }
}

function objectionTo(file: File, limits: ServiceLimits | undefined): string | null {
  if (limits && file.size > limits.media.bytes) return t.tooLarge(file.name, bytes(limits.media.bytes))
  return file.type && !/^(image|video)\//.test(file.type) ? t.wrongKind(file.name) : null
}

import type { Report } from '@unswap/contract'
import { bytes, decimal, duration } from '../format.ts'
import { text } from '../text/text.ts'
import { Card } from '../ui/card.tsx'

const t = text.result

/** Media, models and versions behind the result: what somebody else needs to get the same. */
export function Provenance({ report }: { report: Report }) {
  const { media } = report
  const facts = [
    media.format,
    media.codec,
    `${media.width} × ${media.height}`,
    bytes(media.bytes),
    media.durationSeconds === null ? null : duration(media.durationSeconds),
    media.frameRate === null ? null : `${decimal(media.frameRate)}/s`,
  ]
  return (
    <Card title={t.provenance}>
      <dl className="grid grid-cols-1 gap-3 text-sm">
        <Fact name={t.media} value={facts.filter(Boolean).join(' · ')} code={media.sha256} />
        {report.models.flatMap((model) => [
          <Fact key={model.id} name={t.model} value={`${model.id} · ${model.variant}`} code={model.sha256} />,
          <Fact
            key={`${model.id} calibration`}
            name={t.calibration}
            value={`${model.calibration.status} · ${model.calibration.fittedOn}`}
            code={model.calibration.sha256}
          />,
        ])}
        <Fact name={t.version} value={report.version} />
        {report.signature && (
          <Fact name={t.signed} value={report.signature.signedAt} code={report.signature.keyId} />
        )}
      </dl>
    </Card>
  )
}

export function Fact({ name, value, code }: { name: string; value: string; code?: string }) {
  return (
    <div className="grid gap-x-4 sm:grid-cols-[8rem_1fr]">
      <dt className="font-medium">{name}</dt>
      <dd>
        {value}
        {code && <code className="block text-xs break-all text-muted">{code}</code>}
      </dd>
    </div>
  )
}

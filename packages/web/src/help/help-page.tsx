import { BANDS } from '@unswap/contract/vocabulary'
import { text } from '../text/text.ts'
import { BandLabel } from '../ui/band-label.tsx'
import { Card } from '../ui/card.tsx'
import { PageTitle } from '../ui/page-title.tsx'

const t = text.help

/** What the words and pictures of a result say, for whoever reads one for the first time. */
export function HelpPage() {
  return (
    <>
      <PageTitle>{t.title}</PageTitle>
      <p className="text-muted">{t.lead}</p>
      <Card title={t.bands}>
        <dl className="grid gap-3">
          {BANDS.map((band) => (
            <div key={band} className="grid gap-x-4 sm:grid-cols-[12rem_1fr]">
              <dt>
                <BandLabel band={band} />
              </dt>
              <dd className="max-w-prose">{t.bandsText[band]}</dd>
            </div>
          ))}
        </dl>
      </Card>
      <Card title={t.numbers}>
        <p className="max-w-prose">{t.probability}</p>
        <p className="mt-3 max-w-prose">{t.score}</p>
      </Card>
      <Card title={t.pictures}>
        <div aria-hidden="true" className="map-scale h-2 max-w-prose rounded-full" />
        <p className="mt-2 max-w-prose">{t.map}</p>
        <p className="mt-3 max-w-prose">{t.timeline}</p>
      </Card>
      <Card title={t.next}>
        <ol className="ml-5 grid max-w-prose list-decimal gap-1">
          {t.nextList.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      </Card>
    </>
  )
}

import { useQuery } from '@tanstack/react-query'
import type { Model } from '@unswap/contract'
import Markdown from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { modelsQuery } from '../api/service-queries.ts'
import { percent } from '../format.ts'
import { text } from '../text/text.ts'
import { Card } from '../ui/card.tsx'
import { Failure, Loading } from '../ui/notice.tsx'
import { PageTitle } from '../ui/page-title.tsx'

const t = text.models

export function ModelsPage() {
  const query = useQuery(modelsQuery)
  return (
    <>
      <PageTitle>{t.title}</PageTitle>
      <p className="text-muted">{t.lead}</p>
      {query.error && <Failure error={query.error} retry={() => query.refetch()} />}
      {query.isPending && <Loading height="30rem" />}
      {query.data?.items.map((model) => (
        <ModelCard key={model.id} model={model} />
      ))}
    </>
  )
}

function ModelCard({ model }: { model: Model }) {
  const { calibration } = model
  const facts = [
    [t.weights, `${model.variant} · ${model.sha256}`],
    [t.licence, `${model.licence.name} · ${model.licence.source}`],
    [t.training, `${model.training.date} · ${model.training.summary}`],
    [
      t.thresholds,
      Object.entries(model.thresholds)
        .map(([name, value]) => `${name} ${value}`)
        .join(' · '),
    ],
    [t.calibration, `${calibration.status} · ${calibration.fittedOn}`],
    [t.photographs, bandsText(calibration.image.bands)],
    [t.videos, bandsText(calibration.video.bands)],
  ] as const
  return (
    <Card title={model.id}>
      <p>{model.description}</p>
      <dl className="mt-3 grid grid-cols-1 gap-2 text-sm">
        {facts.map(([name, value]) => (
          <div key={name} className="grid grid-cols-1 gap-x-4 sm:grid-cols-[10rem_1fr]">
            <dt className="font-medium">{name}</dt>
            <dd className="break-words [overflow-wrap:anywhere]">{value}</dd>
          </div>
        ))}
      </dl>
      {model.card && (
        <details className="mt-4" open>
          <summary className="cursor-pointer font-medium">{t.card}</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: its wide tables must be reachable to be scrolled by keyboard */}
          <section className="prose mt-2 overflow-x-auto" tabIndex={0} aria-label={`${t.card}: ${model.id}`}>
            <Markdown
              remarkPlugins={[remarkGfm]}
              components={{ h1: 'h3', h2: 'h3', h3: 'h4', a: ({ children }) => <span>{children}</span> }}
            >
              {model.card}
            </Markdown>
          </section>
        </details>
      )}
    </Card>
  )
}

const bandsText = (bands: Model['calibration']['image']['bands']): string =>
  `${t.bands(percent(bands.authentic), percent(bands.manipulated))}; ${t.falseAlarms(percent(bands.falsePositiveRate))}`

import type { AnalysisResource, Band } from '@unswap/contract'
import { BANDS } from '@unswap/contract/vocabulary'
import { useId, useState } from 'react'
import { useFeedback } from '../../api/analysis-queries.ts'
import { text } from '../../text/text.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Failure, Notice } from '../../ui/notice.tsx'
import { FeedbackLog } from './feedback-log.tsx'

const t = text.feedback

/** Asks whether the verdict is right, how useful the report was, and what a person decided instead. */
export function FeedbackForm({ analysis }: { analysis: AnalysisResource }) {
  const id = useId()
  const [right, setRight] = useState<boolean | null>(null)
  const [rating, setRating] = useState(0)
  const [comment, setComment] = useState('')
  const [override, setOverride] = useState<Band | ''>('')
  const send = useFeedback(analysis.id)
  const empty = right === null && !rating && !comment.trim() && !override
  return (
    <div className="no-print">
      <Card title={t.title}>
        <FeedbackLog analysis={analysis} />
        <form
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            const said = {
              ...(right === null ? {} : { right }),
              ...(rating ? { rating } : {}),
              ...(comment.trim() ? { comment: comment.trim() } : {}),
              ...(override ? { override } : {}),
            }
            send.mutate(said, {
              onSuccess: () => {
                setRight(null)
                setRating(0)
                setComment('')
                setOverride('')
              },
            })
          }}
        >
          <fieldset className="flex flex-wrap gap-x-5">
            <legend className="sr-only">{t.title}</legend>
            {[true, false].map((value) => (
              <label key={String(value)} className="flex min-h-8 items-center gap-2">
                <input
                  type="radio"
                  name={`${id}-right`}
                  className="size-4"
                  checked={right === value}
                  onChange={() => setRight(value)}
                />
                {value ? t.right : t.wrong}
              </label>
            ))}
          </fieldset>
          <fieldset className="flex flex-wrap gap-x-4">
            <legend>{t.rating}</legend>
            {[1, 2, 3, 4, 5].map((value) => (
              <label key={value} className="flex min-h-8 items-center gap-1.5">
                <input
                  type="radio"
                  name={`${id}-rating`}
                  className="size-4"
                  aria-label={t.stars(value)}
                  checked={rating === value}
                  onChange={() => setRating(value)}
                />
                {value}
              </label>
            ))}
          </fieldset>
          <label htmlFor={`${id}-comment`} className="grid gap-1">
            {t.comment}
            <textarea
              id={`${id}-comment`}
              rows={3}
              maxLength={4000}
              value={comment}
              onChange={(event) => setComment(event.target.value)}
            />
          </label>
          <label htmlFor={`${id}-override`} className="grid max-w-sm gap-1">
            {t.override}
            <select
              id={`${id}-override`}
              value={override}
              onChange={(event) => setOverride(event.target.value as Band | '')}
            >
              <option value="">{t.overrideNone}</option>
              {BANDS.map((band) => (
                <option key={band} value={band}>
                  {text.bands[band]}
                </option>
              ))}
            </select>
          </label>
          {send.error && <Failure error={send.error} />}
          {send.isSuccess && <Notice>{t.sent}</Notice>}
          <Button
            type="submit"
            look="primary"
            disabled={empty || send.isPending}
            className="justify-self-start"
          >
            {t.send}
          </Button>
        </form>
      </Card>
    </div>
  )
}

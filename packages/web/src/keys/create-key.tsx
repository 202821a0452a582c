import { SCOPES, type Scope } from '@unswap/contract/vocabulary'
import { useEffect, useId, useRef, useState } from 'react'
import { useCreateKey } from '../api/service-queries.ts'
import { text } from '../text/text.ts'
import { Button } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Failure } from '../ui/notice.tsx'

const t = text.keys

export function CreateKey() {
  const id = useId()
  const create = useCreateKey()
  const [name, setName] = useState('')
  const [days, setDays] = useState('')
  const [scopes, setScopes] = useState<readonly Scope[]>(['analyze', 'read', 'feedback'])
  return (
    <Card title={t.create}>
      <form
        className="flex flex-wrap items-end gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          create.mutate(
            { name, scopes: [...scopes], ...(days ? { expiresInDays: Number(days) } : {}) },
            { onSuccess: () => setName('') },
          )
        }}
      >
        <label htmlFor={`${id}-name`} className="grid gap-1">
          {t.name}
          <input
            id={`${id}-name`}
            required
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <label htmlFor={`${id}-days`} className="grid gap-1">
          {t.expires}
          <input
            id={`${id}-days`}
            type="number"
            min="1"
            max="3660"
            placeholder={t.never}
            value={days}
            onChange={(event) => setDays(event.target.value)}
          />
        </label>
        <fieldset className="flex flex-wrap gap-x-4">
          <legend>{t.scopes}</legend>
          {SCOPES.map((scope) => (
            <label key={scope} className="flex min-h-10 items-center gap-1.5">
              <input
                type="checkbox"
                className="size-4"
                checked={scopes.includes(scope)}
                onChange={() =>
                  setScopes(
                    scopes.includes(scope) ? scopes.filter((each) => each !== scope) : [...scopes, scope],
                  )
                }
              />
              {t.scopeNames[scope]}
            </label>
          ))}
        </fieldset>
        <Button type="submit" look="primary" disabled={!scopes.length || create.isPending}>
          {t.create}
        </Button>
      </form>
      {create.error && <Failure error={create.error} />}
      {create.data && <Secret secret={create.data.secret} onClose={() => create.reset()} />}
    </Card>
  )
}

function Secret({ secret, onClose }: { secret: string; onClose: () => void }) {
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      <h2 id={id}>{t.secretTitle}</h2>
      <p className="my-2">{t.secretText}</p>
      <code className="block rounded bg-ground p-3 break-all">{secret}</code>
      <div className="mt-4 flex justify-end gap-2">
        <CopyButton label={t.copy} copy={() => secret} />
        <Button look="primary" onClick={() => dialog.current?.close()}>
          {text.close}
        </Button>
      </div>
    </dialog>
  )
}

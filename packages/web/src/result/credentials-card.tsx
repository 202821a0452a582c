import type { ContentCredentials, Report } from '@unswap/contract'
import { text } from '../text/text.ts'
import { Card } from '../ui/card.tsx'
import { Fact } from './provenance.tsx'

const t = text.result.credentials

/** What content credentials in the media say, integrity and trust apart. Renders nothing where there are none. */
export function CredentialsCard({ report: { contentCredentials } }: { report: Report }) {
  if (contentCredentials === undefined || contentCredentials.state === 'none') return null
  const { state, codes, signer, generator, actions } = contentCredentials
  const who = [signer?.name, signer?.organisation, signer?.signedAt].filter(Boolean).join(' · ')
  const done = actions.map(({ action, sourceType }) => (sourceType ? `${action} (${sourceType})` : action))
  return (
    <Card title={t.title}>
      <dl className="grid grid-cols-1 gap-3 text-sm">
        <Fact name={t.integrity} value={t.state[state]} />
        {codes.length > 0 && <Fact name={t.found} value={codes.join(', ')} />}
        <Fact name={t.trust} value={trustText(contentCredentials)} />
        {who !== '' && <Fact name={t.signer} value={who} />}
        {generator !== null && <Fact name={t.generator} value={generator} />}
        {done.length > 0 && <Fact name={t.claimed} value={done.join(', ')} />}
      </dl>
      <p className="mt-3 text-sm text-muted">{t.apart}</p>
    </Card>
  )
}

function trustText({ trust, trustList }: ContentCredentials): string {
  if (trust === null) return t.noSignature
  if (trust === 'trusted') return t.trusted
  return trustList === null ? t.noList : t.untrusted
}

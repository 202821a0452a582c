import type { ContentCredentials } from '@unswap/contract'

/** What a report shows of credentials; trust counts only where a trust list was given. */
export type CredentialsSummary = Omit<ContentCredentials, 'trustList'>

/** Most codes and actions that a report shows. */
const MOST_ENTRIES = 32
const MOST_CHARACTERS = 200

/** A manifest store as the reader gives it. It comes from the file, so every value may have any type. */
interface Store {
  readonly active_manifest?: unknown
  readonly manifests?: Readonly<Record<string, Manifest>>
  readonly validation_state?: unknown
  readonly validation_results?: {
    readonly activeManifest?: Results
    readonly ingredientDeltas?: readonly { readonly validationDeltas?: Results }[]
  }
}

interface Results {
  readonly success?: readonly { readonly code?: unknown }[]
  readonly failure?: readonly { readonly code?: unknown }[]
}

interface Manifest {
  readonly claim_generator?: unknown
  readonly claim_generator_info?: readonly { readonly name?: unknown; readonly version?: unknown }[]
  readonly assertions?: readonly {
    readonly label?: unknown
    readonly data?: { readonly actions?: unknown }
  }[]
  readonly ingredients?: readonly unknown[]
  readonly signature_info?: Readonly<Record<string, unknown>>
}

/** The failure of a signer who is on no trust list: it concerns trust, not integrity. */
const UNTRUSTED = 'signingCredential.untrusted'

/** A summary that has only a state and its reasons. */
export const without = (state: ContentCredentials['state'], ...codes: string[]): CredentialsSummary => ({
  state,
  codes,
  trust: null,
  signer: null,
  generator: null,
  actions: [],
  ingredients: 0,
})

/** The few facts of a manifest store that a report shows, each bounded in length. */
export function summarise(store: Store): CredentialsSummary {
  const results = store.validation_results
  const manifest = store.manifests?.[String(store.active_manifest)] ?? {}
  const deltas = results?.ingredientDeltas?.map(({ validationDeltas }) => validationDeltas) ?? []
  const failures = [results?.activeManifest, ...deltas].flatMap(codesOf('failure'))
  const codes = failures.filter((code) => code !== UNTRUSTED)
  const success = codesOf('success')(results?.activeManifest)
  const valid = store.validation_state === 'Valid' || store.validation_state === 'Trusted'
  const signed = success.includes('claimSignature.validated')
  return {
    state: valid ? 'valid' : 'invalid',
    codes: valid ? [] : [...new Set(codes)].slice(0, MOST_ENTRIES),
    trust: signed ? (success.includes('signingCredential.trusted') ? 'trusted' : 'untrusted') : null,
    signer: signerOf(manifest),
    generator: generatorOf(manifest),
    actions: actionsOf(manifest),
    ingredients: Array.isArray(manifest.ingredients) ? manifest.ingredients.length : 0,
  }
}

const codesOf =
  (which: keyof Results) =>
  (results: Results | undefined): string[] =>
    (results?.[which] ?? []).flatMap(({ code }) => text(code) ?? [])

function signerOf({ signature_info: info }: Manifest): ContentCredentials['signer'] {
  if (!info) return null
  return {
    name: text(info.common_name),
    organisation: text(info.issuer),
    algorithm: text(info.alg),
    signedAt: text(info.time),
  }
}

function generatorOf({ claim_generator_info: info, claim_generator: plain }: Manifest): string | null {
  const [first] = Array.isArray(info) ? info : []
  const name = text(first?.name)
  return name === null ? text(plain) : text([name, text(first?.version)].filter(Boolean).join(' '))
}

function actionsOf({ assertions }: Manifest): ContentCredentials['actions'] {
  const lists = (Array.isArray(assertions) ? (assertions as NonNullable<Manifest['assertions']>) : [])
    .filter(({ label }) => /^c2pa\.actions(\.v2)?(__\d+)?$/.test(String(label)))
    .map(({ data }) => data?.actions)
  return lists
    .flatMap((actions) => (Array.isArray(actions) ? (actions as Readonly<Record<string, unknown>>[]) : []))
    .slice(0, MOST_ENTRIES)
    .flatMap(({ action, digitalSourceType, softwareAgent }) => {
      const what = text(action)
      if (what === null) return []
      const agent = text(softwareAgent) ?? text((softwareAgent as { name?: unknown } | undefined)?.name)
      return [{ action: what, sourceType: text(digitalSourceType)?.split('/').at(-1) ?? null, agent }]
    })
}

const text = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? [...value].slice(0, MOST_CHARACTERS / 2).join('') : null

import type { ContentCredentials } from '@unswap/contract'
import { CREDENTIALS_TEXT } from './wording.ts'

/** Content credentials as sentences: integrity first, then trust, then what is claimed. */
export function describeCredentials(credentials: ContentCredentials): string[] {
  const { state, codes, trust, signer, generator, actions, ingredients } = credentials
  const sentences: string[] = [CREDENTIALS_TEXT.state[state]]
  if (codes.length > 0) sentences.push(CREDENTIALS_TEXT.codes(codes.join(', ')))
  if (trust !== null) {
    const who = signer && [signer.name, signer.organisation].filter(Boolean).join(', ')
    sentences.push(CREDENTIALS_TEXT.signer(who || CREDENTIALS_TEXT.nobody, signer?.signedAt ?? null))
    sentences.push(CREDENTIALS_TEXT.trust(trust, credentials.trustList !== null))
  }
  if (generator !== null) sentences.push(CREDENTIALS_TEXT.generator(generator))
  if (actions.length > 0) {
    const done = actions.map(({ action, sourceType }) => (sourceType ? `${action} (${sourceType})` : action))
    sentences.push(CREDENTIALS_TEXT.actions(done.join(', ')))
  }
  if (ingredients > 0) sentences.push(CREDENTIALS_TEXT.ingredients(ingredients))
  return sentences
}

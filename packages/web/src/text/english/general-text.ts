import type { AnalysisState, Band, Family, MediaKind, Stage } from '@unswap/contract/vocabulary'

/** Words of more than one page, and names for the words of the contract. */
export const generalText = {
  name: 'Unswap',
  skip: 'Skip to the content',
  nav: {
    analyse: 'Analyse',
    history: 'History',
    models: 'Models',
    status: 'Status',
    keys: 'Keys',
    signIn: 'Sign in',
    signOut: 'Sign out',
    help: 'Help',
  },
  theme: { label: 'Theme', system: 'System', light: 'Light', dark: 'Dark' },
  loading: 'Loading…',
  retry: 'Try again',
  cancel: 'Cancel',
  close: 'Close',
  remove: 'Delete',
  none: 'none',
  unknown: 'not known',
  notFound: 'There is no such page.',
  toStart: 'Back to the start',
  more: 'Show more',
  copied: 'Copied',
  notCopied: 'Not allowed here',
  bands: {
    likely_manipulated: 'Likely manipulated',
    inconclusive: 'Inconclusive',
    likely_authentic: 'Likely authentic',
  } satisfies Record<Band, string>,
  bandMeaning: {
    likely_manipulated: 'What was measured in a face points to manipulation.',
    inconclusive: 'What was measured does not allow an answer either way.',
    likely_authentic:
      'No sign of the manipulations that Unswap can see. That is not proof: some kinds escape it.',
  } satisfies Record<Band, string>,
  families: {
    face_swap: 'Face swap',
    reenactment: 'Reenactment or lip-sync',
    synthesis: 'Synthesised face',
  } satisfies Record<Family, string>,
  media: { image: 'photograph', video: 'video' } satisfies Record<MediaKind, string>,
  states: {
    queued: 'Waiting',
    running: 'Running',
    completed: 'Done',
    failed: 'Failed',
    cancelled: 'Cancelled',
  } satisfies Record<AnalysisState, string>,
  stages: {
    media: 'Opening the media',
    faces: 'Finding faces',
    scoring: 'Examining faces',
    temporal: 'Comparing frames',
    report: 'Writing the report',
  } satisfies Record<Stage, string>,
  errors: {
    network: 'The service does not answer. Check that it runs, and try again.',
  },
}

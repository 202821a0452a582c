import type { Band } from '@unswap/contract/vocabulary'

export const helpText = {
  title: 'How to read a result',
  lead: 'In a minute: what the words and pictures of a result say, and what they do not.',
  bands: 'The verdict',
  bandsText: {
    likely_manipulated:
      'At least one face shows what manipulated faces show. Look at the map, then for the original and its source.',
    inconclusive:
      'Not a “maybe”: the media does not allow an answer, and the reasons say why. A sharper, larger or less compressed copy may.',
    likely_authentic:
      'Nothing was found. Lip-sync, changed expressions and portraits made by diffusion models often pass unnoticed.',
  } satisfies Record<Band, string>,
  numbers: 'The numbers',
  probability:
    'Probability is of the whole photograph or video: of media that look like this, so many in 100 are manipulated. It comes from calibration and has an interval; the wider, the less is known. Even at its lowest it stays well above 0 %: some forgeries show nothing that Unswap can see.',
  score:
    'Score is what the model says of one face or frame, from 0 to 1. It puts faces and moments in order. It is not a probability.',
  pictures: 'The pictures',
  map: 'Manipulation map: colour where the model sees manipulation, from violet (a little) to yellow (much). It is an estimate, not a trace of what was done.',
  timeline:
    'Score over time: a face that is high all along says more than one peak, which a blurred or turned face can cause.',
  next: 'Before you publish',
  nextList: [
    'Find the original file: screenshots and copies from messengers lose what matters.',
    'Ask who made it, when and where, and look for other pictures of the moment.',
    'Look at the reasons and at the face yourself. About one real photograph in thirty looks suspicious.',
    'Never let a verdict alone decide anything about a person.',
  ],
}

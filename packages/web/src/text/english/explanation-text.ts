import type { Family, ReasonCode } from '@unswap/contract/vocabulary'

export const explanationText = {
  noFaces: 'No face was found, so nothing speaks for or against manipulation.',
  nothingJudged: 'No face could be judged, so nothing speaks for or against manipulation.',
  oneFace: (score: string) =>
    `The face has a raw score of ${score}, from 0 to 1. The calibration turns such scores into the probability.`,
  decided: (face: string, faces: number, score: string) =>
    `Face ${face} of ${faces} decided: its raw score is ${score}, from 0 to 1. The calibration turns such scores into the probability.`,
  families: {
    face_swap: 'It looks most like a face swap: another person’s face put in place of the original.',
    reenactment: 'It looks most like reenactment: the expression or the lips driven by something else.',
    synthesis: 'It looks most like synthesis: the whole face generated.',
  } satisfies Record<Family, string>,
  frames: (observed: number, frames: number, usable: number) =>
    `It was seen in ${observed} of ${frames} frames; ${usable === observed ? 'all were' : `${usable} were`} good enough to judge.`,
  where: (region: string, area: string) =>
    `The manipulation map is strongest at the ${region} and covers ${area} of the crop.`,
  provisional:
    'The calibration is provisional: it has not been fitted on a full set of labelled media. Take the probability as a rough guide.',
  unseen: 'A kind of forgery that the models have not learned can pass unnoticed.',
  limits: 'No reservation was recorded. The limits of the method still hold.',
  advice: {
    no_face: 'Give a picture in which a face is seen whole. Unswap judges faces and nothing else.',
    face_too_small: 'Give the largest version of it that you can find, such as the original file.',
    face_blurred: 'Give a sharper picture, or another moment of the same scene.',
    face_dark: 'Give a brighter picture of the same scene; brightening this one does not help.',
    face_overexposed: 'Give a picture in which the face is not washed out.',
    face_turned: 'Give a picture in which the face looks towards the camera.',
    face_covered: 'Give a picture without hands, masks or letters over the face.',
    face_cut_off: 'Give the whole picture, with the face inside its edges.',
    strong_compression: 'Give the original file: each time it is sent or saved anew, traces get lost.',
    few_frames: 'Give a longer part of the video, or have more of its frames examined.',
  } satisfies Partial<Record<ReasonCode, string>>,
  adviceAny: 'Give the original file, as large and as little compressed as there is one.',
  between: (low: string, high: string) => `between ${low} and ${high}`,
}

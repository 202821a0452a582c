import type { Band, Family, MediaKind, Quality, Scores, TemporalMeasure } from '@unswap/contract'

/** Every English string of a report, so that wording is judged, and can be translated, in one place. */
export const BAND_TEXT: Readonly<Record<Band, { readonly title: string; readonly sentence: string }>> = {
  likely_manipulated: {
    title: 'Likely manipulated',
    sentence: 'What was measured in the face points to manipulation.',
  },
  inconclusive: {
    title: 'Inconclusive',
    sentence: 'What was measured does not carry a verdict either way. The reasons are below.',
  },
  likely_authentic: {
    title: 'Likely authentic',
    sentence: 'No sign of a manipulated face stands out. That is not proof that the media is genuine.',
  },
}

export const FAMILY_TEXT: Readonly<Record<Family, { readonly title: string; readonly meaning: string }>> = {
  face_swap: { title: 'Face swap', meaning: 'another person’s face was put in place of the original' },
  reenactment: {
    title: 'Reenactment',
    meaning: 'the expression or the lips were driven by something else; lip-sync is of this kind',
  },
  synthesis: { title: 'Synthesis', meaning: 'the whole face was generated' },
}

export const SCORE_TEXT: Readonly<Record<keyof Scores, string>> = {
  manipulated: 'Manipulated, any kind',
  face_swap: FAMILY_TEXT.face_swap.title,
  reenactment: FAMILY_TEXT.reenactment.title,
  synthesis: FAMILY_TEXT.synthesis.title,
}

export const TEMPORAL_TEXT: Readonly<Record<TemporalMeasure['id'], string>> = {
  score_spread: 'Spread of the scores',
  temporal_head: 'Temporal head',
  score_jumps: 'Jumps of the score',
  landmark_jitter: 'Jitter of the landmarks',
  inside_outside: 'Face against its surround',
}

type QualityMeasure = Exclude<keyof Quality, 'reasons'>

/** Name, unit and reading of each property of a crop; `share` is shown as a percentage. */
export const QUALITY_TEXT: readonly {
  readonly key: QualityMeasure
  readonly name: string
  readonly unit: 'px' | '°' | 'share' | ''
  readonly meaning: string
}[] = [
  { key: 'side', name: 'Size', unit: 'px', meaning: 'side of the crop in the picture' },
  { key: 'sharpness', name: 'Sharpness', unit: '', meaning: 'spread of the Laplacian; low is blurred' },
  { key: 'brightness', name: 'Brightness', unit: '', meaning: 'mean luma, 0 to 255' },
  { key: 'clipped', name: 'Clipped', unit: 'share', meaning: 'pixels at either end of the range' },
  { key: 'yaw', name: 'Yaw', unit: '°', meaning: 'turned to the picture’s right' },
  { key: 'pitch', name: 'Pitch', unit: '°', meaning: 'turned down' },
  { key: 'roll', name: 'Roll', unit: '°', meaning: 'tilted clockwise' },
  { key: 'covered', name: 'Covered', unit: 'share', meaning: 'estimated share of the face' },
  { key: 'outside', name: 'Outside', unit: 'share', meaning: 'share of the face beyond the edge' },
  { key: 'blocking', name: 'Blocking', unit: '', meaning: 'strength of 8×8 block edges; 1 is none' },
]

export const KIND_TEXT: Readonly<Record<MediaKind, string>> = { image: 'photograph', video: 'video' }

export const CREDENTIALS_TEXT = {
  title: 'Content credentials',
  state: {
    none: 'There are none in this media, as in most; that says nothing about it.',
    valid: 'Unaltered since they were signed, and so is the media.',
    invalid: 'Not valid: the media or the credentials were altered, or not properly signed.',
    unsupported: 'There are some, but they cannot be read here.',
  },
  codes: (codes: string) => `Found: ${codes}.`,
  signer: (name: string, signedAt: string | null) =>
    `Signed by ${name}${signedAt === null ? '' : ` at ${signedAt}`}.`,
  nobody: 'somebody without a name',
  trust: (trust: 'trusted' | 'untrusted', listed: boolean) =>
    trust === 'trusted'
      ? 'The signer’s certificate leads to the configured list of trusted ones.'
      : listed
        ? 'The signer is not trusted: the certificate does not lead to the configured list.'
        : 'The signer is not trusted: no list of trusted ones is configured, so the name is unproven.',
  generator: (name: string) => `Written by ${name}.`,
  actions: (actions: string) => `Claimed: ${actions}.`,
  ingredients: (count: number) => `Made from ${count} other media, as claimed.`,
  apart: 'They are shown beside the verdict and never change it.',
} as const

export const TEXT = {
  title: 'Unswap report',
  product: 'Unswap',
  report: 'Report',
  colophon:
    'Made by Unswap, which finds manipulated faces in photographs and videos. This page holds everything it shows and asks for nothing outside itself.',

  verdict: 'Verdict',
  probability: 'Probability',
  probabilityOf: 'probability of manipulation',
  decided: (by: string, at: string) =>
    `A person decided: ${by}, ${at.slice(0, 10)}. The verdict of the machine follows.`,
  probabilityMeaning: (kind: MediaKind, percentage: string) =>
    `Estimated probability that a face in this ${KIND_TEXT[kind]} is manipulated. If the calibration fits media like this one, about ${percentage} of all media with such evidence are manipulated.`,
  noProbability: 'No probability is given: no calibration stands behind this case.',
  interval: (low: string, high: string) => `90% interval: ${low} to ${high}`,
  intervalMeaning:
    'How far the calibration itself may be off. It does not cover kinds of media that it has not seen.',
  assumedShare: (inHundred: string) =>
    `This assumes that ${inHundred} in 100 of all media are manipulated; where fewer are, the probability is lower.`,
  bandsBegin: (authentic: string, manipulated: string) =>
    `Likely authentic up to ${authentic}, likely manipulated from ${manipulated}.`,
  falseAlarms: (rate: string) =>
    `The upper bound was chosen for a false alarm in about ${rate} of real media.`,
  provisional:
    'The calibration is provisional: it has not been fitted on a full set of labelled media. Take the probability as a rough guide.',
  basis: 'What the verdict rests on',
  doubts: 'Why it is not more certain',
  noDoubts: 'No reservation was recorded for this verdict. The limits of the method still hold.',
  decidedBy: (face: string, score: string) => `${face} decided, with a score of ${score} for manipulation.`,
  familyFlagged: (title: string, meaning: string) => `Strongest family: ${title.toLowerCase()} (${meaning}).`,
  mapStrongest: (region: string, value: string, area: string) =>
    `The manipulation map is strongest at the ${region} (mean ${value}) and covers ${area} of the crop.`,
  framesUsed: (usable: number, observed: number) =>
    `Pooled over ${usable} usable of ${observed} observed frames.`,
  noFaceBasis: 'No face was judged, so nothing speaks for or against manipulation.',
  facesFound: (count: number) =>
    count === 0 ? 'No face was found.' : count === 1 ? 'One face was found.' : `${count} faces were found.`,
  notes: 'Also worth knowing',

  picture: { image: 'The photograph', video: 'The most suspicious frame' },
  pictureAlt: (kind: MediaKind, faces: number) =>
    `The ${kind === 'image' ? 'photograph' : 'most suspicious frame'} with a box around each of ${faces} found face${faces === 1 ? '' : 's'}; the same facts are in the text below.`,
  pictureCaption: 'Boxes carry the face’s verdict as a shape and a colour, and its score.',

  faces: 'Faces',
  face: 'Face',
  facesCaption: 'All faces, most suspicious first',
  facesShort: (shown: number, total: number) =>
    `The ${shown} most suspicious of ${total} faces are described in full; the table lists all.`,
  crop: 'Aligned crop',
  cropAlt: (face: string) => `${face}, cut out and turned upright: what the model was shown.`,
  heatMap: 'Manipulation map',
  heatMapAlt: (face: string, region: string | null) =>
    `${face} in grey, with colour where the model sees manipulation${region === null ? '' : `; strongest at the ${region}`}.`,
  heatMapCaption: 'Estimated probability that each part of the crop is manipulated. No colour: low.',
  noMap: 'These models give no manipulation map.',
  legend: 'probability that the area is manipulated',
  scores: 'Scores',
  scoresCaption: 'Uncalibrated scores, 0 to 1: they order faces; they are not probabilities.',
  pooled: 'Pooled',
  score: 'Score',
  output: 'Output',
  flagged: 'over its own threshold',
  region: 'Region',
  mean: 'Mean',
  regions: 'Regions of the map',
  regionsCaption: (peak: string, area: string) =>
    `Mean over each region. Highest cell ${peak}; area ${area} of the crop.`,
  quality: 'Quality of the crop',
  qualityGood: 'Nothing about the crop makes it hard to judge.',
  property: 'Property',
  value: 'Value',
  seen: 'Seen',
  usable: 'Usable frames',
  usableOf: (usable: number, observed: number) => `${usable} of ${observed}`,

  timeline: 'Score over time',
  timelineAlt: (face: string, points: number, low: string, high: string) =>
    `Score of ${face} over time: ${points} observations between ${low} and ${high}.`,
  timelineCaption:
    'Each dot is one analysed frame (hollow: not usable). Ticks below mark all analysed frames, dashed lines mark cuts. No height here is a threshold.',
  timelineThinned: 'Only the highest score of each stretch is drawn.',
  cut: 'cut',
  temporal: 'How the face moves from frame to frame',
  temporalCaption: 'Evidence to weigh by itself; none of these is the verdict.',
  measure: 'Measure',
  samples: 'Samples',
  contactSheet: 'Most suspicious frames',
  contactSheetAlt:
    'Frames of the video, most suspicious first, each with its time, its highest score and boxes around faces.',
  contactSheetKey:
    'Colour and shape: verdict of the face over the whole video. Number: score in this frame, 0 to 1.',
  tileScore: (score: string) => `highest score ${score}`,
  tileNoFace: 'no face',

  media: 'The media',
  name: 'Name',
  kind: 'Kind',
  format: 'Format',
  size: 'Picture size',
  pixels: (width: number, height: number) => `${width} × ${height} px`,
  bytes: 'File size',
  codec: 'Codec',
  duration: 'Duration',
  frameRate: 'Frame rate',
  framesPerSecond: (rate: string) => `${rate} frames per second`,
  frameCount: 'Frames in the file',
  framesAnalysed: 'Frames analysed',
  cuts: 'Cuts found',
  rotation: 'Rotation applied',
  decoder: 'Decoded by',
  sha256: 'SHA-256',

  method: 'How this was made',
  version: 'Unswap version',
  schema: 'Report schema',
  sampling: 'Frames chosen',
  samplingCount: (count: number) => `${count}, spread evenly`,
  samplingCloser: (count: number) =>
    `${count}, spread evenly, and more around faces that were in few of them`,
  samplingFps: (fps: string) => `${fps} per second`,
  samplingAll: 'all',
  maxFaces: 'Faces kept per frame',
  facesLeftOut: 'Faces left out',
  flip: 'Mirrored crop averaged in',
  yes: 'yes',
  no: 'no',
  model: 'Model',
  variant: 'Weights',
  calibration: 'Calibration',
  calibrationStatus: { provisional: 'provisional', fitted: 'fitted' },
  calibrationHash: 'SHA-256 of the calibration',
  fittedOn: 'Fitted on',
  prior: 'Share of manipulated media assumed',
  bands: 'Bands for this kind of media',
  signature: 'Signed',
  signatureBy: (keyId: string, signedAt: string) => `${signedAt} with the key ${keyId}`,
  signatureMeaning:
    'The signature is in the JSON report, not in this page; `unswap verify` checks it. A service lists its keys at /api/v1/signing-keys.',
  repeat: 'The same media, settings, models and calibration give the same report.',

  limits: 'Limits of the method',
  limitList: [
    'Only faces are judged. Nothing is said about the scene, the sound, any caption, who is shown, or whether the moment was staged.',
    'A method of forgery unlike those that the models learned from can pass unnoticed. “Likely authentic” is never proof.',
    'Heavy retouching, beauty filters, strong compression, screenshots and repeated encoding can raise or lower a score.',
    'A score orders faces; only the probability is calibrated, and only for media like those that the calibration was fitted on.',
    'The manipulation map shows where a model sees manipulation. It is an estimate, not a trace of what was done.',
    'Do not let this report alone decide anything about a person. Seek the original file and its source, and a second opinion.',
  ],
} as const

/** How a face is called in text: `face-3` is “Face 3”; any other id stands for itself. */
export function faceName(id: string): string {
  const number = /^(?:face-)?(\d+)$/.exec(id)?.[1]
  return number === undefined ? id : `${TEXT.face} ${number}`
}

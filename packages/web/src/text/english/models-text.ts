export const modelsText = {
  title: 'Models',
  lead: 'What runs here, what it was trained on, and what is known of how well it works.',
  weights: 'Weights',
  thresholds: 'Thresholds (logits)',
  licence: 'Licence',
  training: 'Training',
  calibration: 'Calibration',
  bands: (low: string, high: string) => `authentic up to ${low}, manipulated from ${high}`,
  falseAlarms: (share: string) => `chosen so that at most ${share} of real media are called manipulated`,
  photographs: 'Photographs',
  videos: 'Videos',
  card: 'Model card',
}

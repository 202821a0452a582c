export const batchText = {
  title: 'Batch',
  counts: (done: number, total: number) => `${done} of ${total} done`,
  bands: 'Verdicts',
  refused: 'Not accepted',
  file: 'File',
  verdict: 'Verdict',
  probability: 'Probability',
  faces: 'Faces',
}

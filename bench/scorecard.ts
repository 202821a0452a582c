// `npm run scorecard`: the detector on the project's own test data, beside the committed result. Exit 1 on a regression.
// `npm run scorecard -- --write` commits to the new result.
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { openDetector } from '../packages/detector/src/index.ts'
import { findRegressions, makeScorecard, type Scorecard } from '../packages/lab/src/index.ts'

const root = new URL('../', import.meta.url)
const committed = new URL('scorecard.json', import.meta.url)

const detector = await openDetector({ modelsDir: fileURLToPath(new URL('models', root)) })
const card = await makeScorecard(detector, fileURLToPath(new URL('testdata', root)))
await detector.close()

for (const { label, logit, band, path } of card.media) {
  console.log(`${label}  ${logit.toFixed(2).padStart(6)}  ${band.padEnd(20)} ${path}`)
}
console.log(
  `${card.models.join(', ')}: false positives ${card.falsePositiveRate}, found ${card.truePositiveRate}, AUC ${card.auc}`,
)

if (process.argv.includes('--write')) {
  await writeFile(committed, `${JSON.stringify(card, null, 2)}\n`)
} else {
  const regressions = findRegressions(card, JSON.parse(await readFile(committed, 'utf8')) as Scorecard)
  for (const line of regressions) console.error(`regression: ${line}`)
  if (regressions.length > 0) process.exitCode = 1
}

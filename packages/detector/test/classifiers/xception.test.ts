import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Golden } from '@unswap/contract'
import sharp from 'sharp'
import { expect, it, onTestFinished } from 'vitest'
import { mapMean } from '../../src/classifiers/manipulation-map.ts'
import { createScorer } from '../../src/index.ts'
import { BACKENDS } from './backends.ts'

const modelsDir = fileURLToPath(new URL('../../../../models', import.meta.url))

it.each(BACKENDS)(
  'runs xception-1 %s in a way that reproduces its golden crops, whatever this processor saturates',
  async (_, open) => {
    const [classifier] = await open({ modelsDir, models: ['xception-1'] })
    const scorer = createScorer([classifier!])
    onTestFinished(() => scorer.close())
    expect(classifier!.selfTest.at(-1)!.held).toBe(true)
    expect(classifier!.selfTest.slice(0, -1).every(({ held }) => !held)).toBe(true)
    const golden: Golden = JSON.parse(await readFile(`${modelsDir}/xception-1/golden.json`, 'utf8'))
    const tolerance = golden.tolerance[classifier!.variant]
    for (const { file, logits, mapMean: expectedMean } of golden.crops) {
      const rgb = await sharp(`${modelsDir}/xception-1/${file}`).raw().toBuffer()
      const pixels = new Float32Array(3 * 224 * 224)
      for (let i = 0; i < 224 * 224; i++) {
        for (let channel = 0; channel < 3; channel++)
          pixels[channel * 224 * 224 + i] = rgb[3 * i + channel]! / 255
      }
      const [score] = await scorer.score([
        {
          margin: 1.3,
          size: 224,
          pixels,
          transform: { centre: [112, 112], side: 224, roll: 0 },
        },
      ])
      const errors = logits.map((logit, i) => Math.abs(score!.logits[i]! - logit))
      expect(Math.max(...errors), file).toBeLessThan(tolerance)
      expect(Math.abs(mapMean(score!.map!) - expectedMean!), file).toBeLessThan(tolerance / 4)
    }
  },
)

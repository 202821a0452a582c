// node deploy/models.ts FOLDER: compares the sha256 of each model's weights with its manifest. So the build of an image
// stops after an incomplete download or checkout.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = process.argv[2] ?? 'models'
let checked = 0
for (const { name } of readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
  const manifest = JSON.parse(readFileSync(join(folder, name, 'manifest.json'), 'utf8')) as {
    weights: { file: string; sha256: string }[]
  }
  for (const { file, sha256 } of manifest.weights) {
    const path = join(folder, name, file)
    const found = createHash('sha256').update(readFileSync(path)).digest('hex')
    if (found !== sha256) {
      process.stderr.write(`${path} has the sha256 ${found}; its manifest says ${sha256}.\n`)
      process.exit(1)
    }
    checked++
  }
}
if (checked === 0) {
  process.stderr.write(`There is no model in ${folder}.\n`)
  process.exit(1)
}
process.stdout.write(`${checked} files of weights are those of their manifests.\n`)

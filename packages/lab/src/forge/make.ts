// Makes testdata/fake and testdata/video from testdata/real: `npm run fixtures -w packages/lab`.
import { fileURLToPath } from 'node:url'
import { openFaces } from '@unswap/detector'
import { makeFixtures } from './fixtures.ts'

const root = new URL('../../../../', import.meta.url)
const faces = await openFaces({ modelsDir: fileURLToPath(new URL('models', root)) })
try {
  const locate = async (picture: Parameters<typeof faces.locate>[0]) =>
    (await faces.locate(picture, { maxFaces: 16 })).faces
  await makeFixtures(fileURLToPath(new URL('testdata', root)), locate, (line) => {
    process.stdout.write(`${line}\n`)
  })
} finally {
  await faces.close()
}

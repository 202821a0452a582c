import { fileURLToPath } from 'node:url'
import { type Faces, openFaces, openMedia, type Picture } from '@unswap/detector'
import type { Subject } from '../../src/index.ts'

const root = new URL('../../../../', import.meta.url)
export const testdata = (path: string): string => fileURLToPath(new URL(`testdata/${path}`, root))

export const modelsDir = fileURLToPath(new URL('models', root))

export const openTestFaces = (): Promise<Faces> => openFaces({ modelsDir })

export async function readPicture(path: string): Promise<Picture> {
  const media = await openMedia({ path })
  try {
    for await (const { width, height, data } of media.frames({ count: 1 })) return { width, height, data }
  } finally {
    await media.close()
  }
  throw new Error(`${path} holds no picture`)
}

/** The largest face of a photograph of `testdata/real`. */
export async function portrait(faces: Faces, name: string): Promise<Subject> {
  const picture = await readPicture(testdata(`real/${name}`))
  const { faces: found } = await faces.locate(picture, { maxFaces: 1 })
  return { picture, mesh: found[0]!.mesh }
}

import { frameMesh } from '../../src/faces/align.ts'
import type { Faces } from '../../src/faces/find-faces.ts'
import { hits, liesOn, type Scene } from './scenes.ts'

export interface Tally {
  readonly placed: number
  readonly found: number
  readonly falsely: number
}

/** Counts placed faces that are found with the right roll, and faces found where none was placed. */
export async function tally(faces: Faces, scenes: readonly Scene[]): Promise<Tally> {
  let [placed, found, falsely] = [0, 0, 0]
  for (const scene of scenes) {
    const located = await faces.locate(scene.picture, { maxFaces: 64 })
    const squares = located.faces.map(({ mesh }) => frameMesh(mesh))
    placed += scene.faces.length
    found += scene.faces.filter((face) => squares.some((square) => hits(square, face))).length
    falsely += squares.filter((square) => !scene.faces.some((face) => liesOn(square, face))).length
  }
  return { placed, found, falsely }
}

// The public door of the lab.
export { type Forgery, forge, forgeBy, type Subject } from './forge/forge.ts'
export { drawRecipe, FORGE_KINDS, type ForgeKind, jitterRecipe, type Recipe } from './forge/recipe.ts'

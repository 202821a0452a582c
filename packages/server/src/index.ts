// What other packages may use of the service: its keys, for the command line.
export { createKey, endKey, showKeys } from './access/keys.ts'
export { loadConfig } from './environment.ts'
export { openConfigured } from './open.ts'

// What the command line uses of the service.
export { administerKeys, type KeyAdministration } from './access/administer-keys.ts'

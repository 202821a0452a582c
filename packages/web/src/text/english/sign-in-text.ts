export const signInText = {
  title: 'Sign in',
  lead: 'With an API key of this service, or with a token of your organisation’s sign-in.',
  issuer: (host: string) => `Sign in with ${host}`,
  failed: 'That did not work. Try again, or ask whoever runs this service.',
  key: 'Key or token',
  go: 'Sign in',
  you: (name: string) => `You are signed in as ${name}.`,
  anonymous: 'You use this service without signing in.',
}

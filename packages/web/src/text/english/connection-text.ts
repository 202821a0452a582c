export const connectionText = {
  lost: 'Connection to the service lost.',
  next: (seconds: number) => `Trying again in ${seconds} s.`,
  tryNow: 'Try now',
}

export const uploadText = {
  title: 'Uploads',
  waiting: (count: number) => (count === 1 ? '1 more waits.' : `${count} more wait.`),
  failed: (name: string) => `${name} was not sent.`,
  sent: 'Sent:',
}

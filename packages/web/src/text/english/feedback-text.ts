export const feedbackText = {
  title: 'Is this right?',
  right: 'The verdict is right',
  wrong: 'The verdict is wrong',
  rating: 'How useful was the report?',
  stars: (count: number) => `${count} of 5`,
  comment: 'What do you know about it?',
  override: 'What a person decided',
  overrideNone: 'no decision',
  send: 'Send feedback',
  sent: 'Thank you. It is kept with the analysis.',
}

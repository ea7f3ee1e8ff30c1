const SUBJECTS = [
  'the parcel',
  'my invoice',
  'the app',
  'a refund',
  'the password',
  'this order',
  'the courier',
  'my account',
];
const STATES = [
  'has not arrived',
  'is wrong',
  'cannot be opened',
  'was promised',
  'does not work',
  'came twice',
  'is late',
  'is locked',
];
const WISHES = ['what shall I do?', 'please look into it.', 'who can help me?', 'I want my money back.'];

/** What customers wrote, 256 times. */
export const DOCUMENTS = SUBJECTS.flatMap((subject) =>
  STATES.flatMap((state) => WISHES.map((wish) => `Hello, ${subject} ${state}; ${wish}`)),
);

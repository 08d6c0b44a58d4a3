/** The lengths of a password the server takes, in characters. */
export const PASSWORD_LENGTH = { min: 8, max: 200 };

export const PASSWORD_SENTENCE = 'Use at least 8 characters.';

/* Stands for the package `uc.micro`: every browser knows punctuation and other signs. */

export const P = /\p{P}/u;
export const S = /\p{S}/u;

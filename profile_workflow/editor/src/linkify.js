/* Stands for linkify-it: in the dialect an address is a link only if it is written as one. */

export default class NoLinks {}

/* Stands for each rule of markdown-it that the dialect switches off. */

export default () => false;

"""Pictures in the text: what comes in from outside, and what a text shows of one."""

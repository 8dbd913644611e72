/* src/core/bad.c:3: todo: name the issue: TODO(#12) */
/* TODO(#7): this one says where it is written down */
/* TODO: this one does not */

// CDKTF keeps with every token where it was made, by this function, which takes a sixth of Node's time. Errors keep
// their own stack.
Error.captureStackTrace = () => {};

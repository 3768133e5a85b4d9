/** The variable by which run.mjs tells every test file where the stack is: origins of its parts, as JSON. */
export const STACK_VARIABLE = "CABLINK_E2E_STACK";
/** The variable that names the browser of a run. */
export const BROWSER_VARIABLE = "CABLINK_E2E_BROWSER";

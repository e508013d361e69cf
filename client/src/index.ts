export { createOrderwell, type ImportUpload, type Orderwell, type OrderwellOptions } from "./create-orderwell.ts";
export type * from "./generated/types.gen.ts";
export type { Cookies } from "./keep-cookies.ts";
export { OrderwellProblem } from "./orderwell-problem.ts";
export { type Answered, type Streamed, streamOf, type Whole, withResponse } from "./with-response.ts";

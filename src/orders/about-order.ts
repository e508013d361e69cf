const orderIdShape = /^[1-9]\d{0,18}$/;

/** Whether the payload of a job names an order as ours do: its id, as text. */
export function isAboutOrder(payload: unknown): payload is { orderId: string } {
  return (
    typeof payload === "object" &&
    payload !== null &&
    "orderId" in payload &&
    typeof payload.orderId === "string" &&
    orderIdShape.test(payload.orderId)
  );
}

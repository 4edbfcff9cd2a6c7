declare const brand: unique symbol;

/** A nominal type: a value of `T` that only its own maker may call a `Name`. Compile-time only. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

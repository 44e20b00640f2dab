export * from '#api/operations';

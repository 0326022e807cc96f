output "issuer" {
  description = "Auth__Authority of every service."
  value       = "https://${aws_cognito_user_pool.this.endpoint}"
}

output "client_ids" {
  description = "Auth__ClientIds__N of every service."
  value       = [aws_cognito_user_pool_client.web.id, aws_cognito_user_pool_client.machine.id]
}

output "user_pool_arn" {
  description = "The user pool."
  value       = aws_cognito_user_pool.this.arn
}

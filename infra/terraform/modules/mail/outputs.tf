output "identity_arn" {
  description = "The verified identity."
  value       = aws_sesv2_email_identity.this.arn
}
